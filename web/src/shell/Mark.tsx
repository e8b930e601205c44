/** The sign of the product. */
export const Mark = ({ size = 28 }: { size?: number }) => (
  <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden="true">
    <rect width="32" height="32" rx="7" fill="var(--ink)" />
    <path d="M16 6.5 22 15h-3.6v5h-4.8v-5H10z" fill="var(--on-ink)" />
    <rect x="8" y="23" width="16" height="2.5" rx="1.25" fill="light-dark(#84b3ff, #1a54c4)" />
  </svg>
);
