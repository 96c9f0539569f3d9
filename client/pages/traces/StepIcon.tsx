import {
  CheckCircledIcon,
  Component1Icon,
  CubeIcon,
  FaceIcon,
  GearIcon,
  LightningBoltIcon,
  Link1Icon,
  ListBulletIcon,
  LockClosedIcon,
  MagnifyingGlassIcon,
  ReaderIcon,
} from '@radix-ui/react-icons';
import { ProviderMark } from '../../domain/ModelBadge.tsx';
import { kindOfStep, type StepKind } from './stepKinds.ts';
import type { Step } from './traceTree.ts';
import classes from './StepIcon.module.css';

const ICONS: Record<Exclude<StepKind, 'model call'>, typeof GearIcon> = {
  tool: GearIcon,
  agent: FaceIcon,
  chain: Link1Icon,
  retriever: MagnifyingGlassIcon,
  embedding: CubeIcon,
  reranker: ListBulletIcon,
  guardrail: LockClosedIcon,
  evaluator: CheckCircledIcon,
  prompt: ReaderIcon,
  event: LightningBoltIcon,
  step: Component1Icon,
};

/** The sign of what sort of step it is; of a model call that of its provider. The word stands beside it. */
export function StepIcon({ step }: { step: Step }) {
  const kind = kindOfStep(step);
  if (kind === 'model call') {
    return step.kind === 'request' ? <ProviderMark provider={step.step.provider} size={16} /> : null;
  }
  const Icon = ICONS[kind];
  return (
    <span className={classes.icon} data-kind={kind} aria-hidden>
      <Icon />
    </span>
  );
}
