// The store's public views, which the dashboard and other readers may rely on: each with its columns and, in the same
// order, its SQL. They hold nothing, so no migration touches them: makeViews.ts makes them anew.
export { artifactView } from './views/artifactView.ts'
export { attemptView } from './views/attemptView.ts'
export { configurationView } from './views/configurationView.ts'
export { epochView } from './views/epochView.ts'
export { logitsView } from './views/logitsView.ts'
export { sweepView } from './views/sweepView.ts'
export { trialView } from './views/trialView.ts'
