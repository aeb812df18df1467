import type { EnvironmentCard } from '#contract/environments';
import { ExportArchive } from './export-archive.tsx';
import { OpenArchive } from './open-archive.tsx';

/** All credentials in one sealed file: written, read, compared, written back. */
export function ArchiveView({ environment }: { readonly environment: EnvironmentCard }) {
  return (
    <>
      <OpenArchive environment={environment} />
      <ExportArchive environment={environment} />
    </>
  );
}
