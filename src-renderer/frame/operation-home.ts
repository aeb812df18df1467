import type { LongName } from '#contract/procedures';
import type { ScreenId } from '../history.ts';

const homes: Readonly<Record<LongName, ScreenId>> = {
  'connection.test': 'connect',
  'inventory.discover': 'prove',
  'proof.run': 'prove',
  'census.take': 'prove',
  'backup.create': 'backup',
  'backup.drill': 'backup',
  'credentials.export': 'credentials',
  'credentials.readArchive': 'credentials',
  'credentials.verify': 'credentials',
  'credentials.import': 'credentials',
  'connections.test': 'connections',
  'matrix.addArtefact': 'matrix',
  'matrix.run': 'matrix',
  'apiKeys.find': 'api-keys',
  'apiKeys.verify': 'api-keys',
  'rotation.preflight': 'rotate',
  'rotation.rehearse': 'rotate',
  'rotation.rotate': 'rotate',
  'rotation.undo': 'rotate',
  'rotation.sweep': 'handoff',
  'rotation.sweepRewrite': 'handoff',
  'rotation.recover': 'rotate',
  'posture.check': 'posture',
  'fleet.prove': 'fleet',
  'fleet.rotate': 'fleet',
  'keyring.search': 'key',
  'practice.start': 'home',
};

/** The screen on which long work and its result are seen in full. */
export function homeOf(procedure: LongName): ScreenId {
  return homes[procedure];
}
