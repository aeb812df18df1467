import { Modal, type ModalProps } from '@mantine/core';
import { useEffect, useRef } from 'react';

export type DialogProps = Omit<ModalProps, 'opened'>;

/**
 * A question that comes before everything else. It is there while it is rendered; afterwards the focus is where it was, unless
 * what was chosen has moved it on.
 */
export function Dialog(props: DialogProps) {
  const before = useRef(document.activeElement);

  useEffect(() => {
    const { current } = before;
    return () => {
      const lost = document.activeElement === null || document.activeElement === document.body;
      if (lost && current instanceof HTMLElement) current.focus();
    };
  }, []);

  return <Modal {...props} opened returnFocus={false} />;
}
