// The files that a trial has left.
import type { TrialPageData } from '../store/trialPage.ts'
import type { ArtifactKind } from '../view/names.ts'
import { DownloadLink } from './DownloadLink.tsx'
import classes from './Downloads.module.css'
import { Panel } from './Panel.tsx'

const kinds: { [Kind in ArtifactKind]: string } = {
  onnx: 'ONNX model',
  topology: 'TensorFlow.js topology',
  weights: 'TensorFlow.js weights',
  tokenizer: 'Tokenizer',
  logits: 'Logits, float32',
}

export function Downloads({ trial, artifacts }: Pick<TrialPageData, 'trial' | 'artifacts'>) {
  const files = (Object.keys(kinds) as ArtifactKind[]).flatMap((kind) => artifacts.filter((each) => each.kind === kind))
  return (
    <Panel title="Downloads">
      {files.length === 0 ? (
        <p className={classes.none}>
          {trial.status === 'done'
            ? 'This trial has left no files.'
            : trial.status === 'stopped early'
              ? 'It was stopped early, and has left no model.'
              : 'There is nothing to download before it is done.'}
        </p>
      ) : (
        <ul className={classes.files}>
          {files.map((artifact) => (
            <li key={artifact.kind}>
              <DownloadLink
                sweep={trial.sweep}
                artifact={artifact}
                label={kinds[artifact.kind]}
                prominent={artifact.kind === 'onnx'}
                fullWidth
              />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}
