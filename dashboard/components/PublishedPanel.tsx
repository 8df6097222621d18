// Figures and findings of the literature that the experiment names, each beside what was measured of it.
import { TableTbody, TableTd, TableTh, TableThead, TableTr } from '@mantine/core'
import { type FigureLine, type FindingLine, publishedLines } from '@retort/schema/comparison/published'
import type { SweepPageData } from '../store/sweepPage.ts'
import { count, decimal, percent, plusMinus, points } from '../view/format.ts'
import { sentence, temperatureText } from '../view/names.ts'
import { DataTable } from './DataTable.tsx'
import { LinkAnchor } from './links.tsx'
import { Panel } from './Panel.tsx'
import classes from './PublishedPanel.module.css'

type Props = Pick<SweepPageData, 'sweep' | 'comparison' | 'published'> & { path: string }

export function PublishedPanel({ path, sweep, comparison, published }: Props) {
  if (published === null) return null
  const { figures, findings } = publishedLines(
    { ...sweep.experiment, ...published, comparison },
    {
      percent,
      points,
      plusMinus,
      count,
      number: decimal,
      temperature: temperatureText,
      model: ({ student, teacher }) =>
        student === undefined
          ? `${teacher}, the teacher`
          : `${student} ${teacher === undefined ? 'from scratch' : `taught by ${teacher}`}`,
      label: sentence,
    },
  )
  const sources = new Set([...figures, ...findings].map(({ source }) => source))
  // Where all have one source, it is said once.
  const [source] = sources.size === 1 ? sources : []
  const shown = { sourced: source === undefined }
  const hrefOf = (configuration: string) => `${path}/trials/${published.trialOf.get(configuration)}`
  return (
    <Panel title="Beside published figures" note={source === undefined ? 'test split' : `${source}; test split`} flush>
      {figures.length > 0 && <Figures figures={figures} hrefOf={hrefOf} {...shown} />}
      {findings.length > 0 && (
        <div className={figures.length > 0 ? classes.apart : undefined}>
          <Findings findings={findings} {...shown} />
        </div>
      )}
      <p className={classes.note}>
        Means over seeds with their 95 % confidence intervals. A figure without a temperature stands beside the most
        accurate configuration by validation.
        {findings.length > 0 &&
          ' Of findings, temperatures in bold are those that they are of; p by paired t tests, corrected by Holm.'}
      </p>
    </Panel>
  )
}

interface FiguresProps {
  figures: FigureLine[]
  sourced: boolean
  hrefOf: (configuration: string) => string
}

function Figures({ figures, sourced, hrefOf }: FiguresProps) {
  return (
    <DataTable caption="Published figures" minWidth={720}>
      <TableThead>
        <TableTr>
          <TableTh scope="col">Figure</TableTh>
          <Numbers name="Published" />
          <Numbers name="Measured" />
          <Numbers name="Difference" title="Of errors where both count them of as many samples; else in points" />
          <Numbers name="n" title="Replicates" />
          <TableTh scope="col">Measured with</TableTh>
          {sourced && <TableTh scope="col">Source</TableTh>}
        </TableTr>
      </TableThead>
      <TableTbody>
        {figures.map(({ name, published, measured, source }) => (
          <TableTr key={`${name} ${published} ${source}`}>
            <TableTh scope="row">{name}</TableTh>
            <TableTd ta="right" className={classes.number}>
              {published}
            </TableTd>
            {measured === null ? (
              <TableTd colSpan={4} className={classes.none}>
                not measured
              </TableTd>
            ) : (
              <>
                <TableTd ta="right" className={classes.number}>
                  {measured.test}
                </TableTd>
                <TableTd ta="right" className={classes.number}>
                  {measured.difference.replace(/^-/, '−')}
                </TableTd>
                <TableTd ta="right">{measured.n}</TableTd>
                <TableTd className={classes.number}>
                  <LinkAnchor href={hrefOf(measured.configuration)} size="sm">
                    {measured.of}
                  </LinkAnchor>
                </TableTd>
              </>
            )}
            {sourced && <TableTd>{source}</TableTd>}
          </TableTr>
        ))}
      </TableTbody>
    </DataTable>
  )
}

function Findings({ findings, sourced }: { findings: FindingLine[]; sourced: boolean }) {
  return (
    <DataTable caption="Published findings" minWidth={720}>
      <TableThead>
        <TableTr>
          <TableTh scope="col">Finding</TableTh>
          <TableTh scope="col">Measured by temperature</TableTh>
          <Numbers name="Difference" title="In percentage points" />
          <Numbers name="p" title="Corrected" />
          <TableTh scope="col">Verdict</TableTh>
          {sourced && <TableTh scope="col">Source</TableTh>}
        </TableTr>
      </TableThead>
      <TableTbody>
        {findings.map(({ name, published, temperatures, difference, p, verdict, source }) => (
          <TableTr key={`${name} ${published} ${source}`}>
            <TableTh scope="row">
              {name}
              <div className={classes.none}>{published}</div>
            </TableTh>
            <TableTd>
              <ul className={classes.temperatures}>
                {temperatures.map(({ text, inside }) => (
                  <li key={text}>{inside ? <strong>{text}</strong> : text}</li>
                ))}
              </ul>
            </TableTd>
            <TableTd ta="right" className={classes.number}>
              {difference}
            </TableTd>
            <TableTd ta="right">{p}</TableTd>
            <TableTd data-verdict={verdict} className={classes.verdict}>
              {verdict}
            </TableTd>
            {sourced && <TableTd>{source}</TableTd>}
          </TableTr>
        ))}
      </TableTbody>
    </DataTable>
  )
}

const Numbers = ({ name, title }: { name: string; title?: string }) => (
  <TableTh scope="col" ta="right" title={title}>
    {name}
  </TableTh>
)
