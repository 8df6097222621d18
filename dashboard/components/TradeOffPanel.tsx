// Accuracy against size, with the choice of axes, and the front in words for those who cannot see the chart.
import { figureOf } from '@retort/schema/comparison/figures'
import { paretoFront } from '@retort/schema/comparison/front'
import { Fragment } from 'react'
import { maximumPoints } from '../store/leaderboard.ts'
import type { SweepPageData } from '../store/sweepPage.ts'
import { accuracyFloor } from '../view/accuracyFloor.ts'
import { accuracies, accuracyAxis, sizeAxis, sizes } from '../view/axes.ts'
import { count, percent, plusMinus } from '../view/format.ts'
import { settings } from '../view/names.ts'
import { search } from '../view/sweepQuery.ts'
import type { Point, TradeOff } from '../view/tradeOff.ts'
import { LinkAnchor } from './links.tsx'
import { Panel } from './Panel.tsx'
import { Segments } from './Segments.tsx'
import { TradeOffChart } from './TradeOffChart.tsx'
import classes from './TradeOffPanel.module.css'

type Props = Pick<SweepPageData, 'query' | 'results' | 'ceilings' | 'students' | 'sweep'> & { path: string }

export function TradeOffPanel({ path, query, results, ceilings, students, sweep }: Props) {
  const { metric } = accuracyAxis(query.accuracy)
  const points = results.flatMap((result): Point[] => {
    const size = result[sizeAxis(query.size).metric]
    const accuracy = result[metric]
    if (size === null || accuracy === null) return []
    const { estimate } = figureOf(metric, result, result.compared, sweep.experiment.dataset)
    return [
      {
        size,
        accuracy,
        model: result.model,
        baseline: result.role === 'baseline',
        settings: settings(result).join(', '),
        replicates: result.planned > 1 ? `${plusMinus(estimate)} (mean of ${result.n})` : '',
        interval: estimate?.interval ?? null,
        href: `${path}/trials/${result.trial}`,
      },
    ]
  })
  const tradeOff: TradeOff = {
    points,
    ceilings: ceilings.flatMap((ceiling) => {
      const accuracy = ceiling[metric]
      return accuracy === null ? [] : [{ teacher: ceiling.model, accuracy }]
    }),
    students,
    size: query.size,
    accuracy: query.accuracy,
  }
  return (
    <Panel
      title="Accuracy and size"
      tools={
        <div className={classes.tools}>
          <Segments
            label="Size axis"
            segments={sizes.map(({ key, name }) => ({
              label: name,
              href: path + search(query, { size: key }),
              selected: key === query.size,
            }))}
          />
          <Segments
            label="Accuracy axis"
            segments={accuracies.map(({ key, name }) => ({
              label: name,
              href: path + search(query, { accuracy: key }),
              selected: key === query.accuracy,
            }))}
          />
        </div>
      }
    >
      {points.length === 0 ? (
        <p className={classes.empty}>
          {sweep.status === 'running'
            ? 'The first point appears here when a student is done.'
            : 'No student of this sweep is done, so there is nothing to draw.'}
        </p>
      ) : (
        <Figure tradeOff={tradeOff} />
      )}
    </Panel>
  )
}

function Figure({ tradeOff }: { tradeOff: TradeOff }) {
  const { points, size, accuracy } = tradeOff
  const front = paretoFront(points)
  const { below } = accuracyFloor(points.map((point) => point.accuracy))
  const hasIntervals = front.some(({ interval }) => interval !== null)
  const label = `${points.length} configurations by ${sizeAxis(size).title.toLowerCase()} and ${accuracyAxis(accuracy).title.toLowerCase()}; the text below names those on the Pareto front`
  return (
    <figure className={classes.figure}>
      <TradeOffChart tradeOff={tradeOff} label={label} />
      <figcaption className={classes.caption}>
        Pareto front:{' '}
        {front.map((point, index) => (
          <Fragment key={point.href}>
            {index > 0 && ' → '}
            <LinkAnchor href={point.href} inherit>
              {point.model}
            </LinkAnchor>{' '}
            ({sizeAxis(size).text(point.size)}, {percent(point.accuracy)})
          </Fragment>
        ))}
        . Hollow marks are baselines, trained without a teacher.
        {hasIntervals && ' Lines are 95 % confidence intervals of the means on the front.'}
        {below > 0 && ` ${count(below)} far less accurate ${below === 1 ? 'point is' : 'points are'} below the chart.`}
        {points.length === maximumPoints && ` Only the ${count(maximumPoints)} most accurate are drawn.`}
      </figcaption>
    </figure>
  )
}
