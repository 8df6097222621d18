// The vessel of app/icon.svg, in the colour of its surroundings.
export const RetortMark = ({ size = 26 }: { size?: number }) => (
  <svg width={size} height={size} viewBox="0 0 32 32" fill="none" aria-hidden="true">
    <path
      d="M11.2 8.5C14 5.2 19 5.6 21.2 9.2l8.1 13.3-2 1.3-8.2-12.2c-.5-.8-1.5-.6-1.6.4-.1 1 .9 2.1 1.5 3.4A8.6 8.6 0 1 1 6 13.2c1.4-1.1 3.4-2.7 5.2-4.700Z"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinejoin="round"
    />
    <path d="M4.3 19.500c2.4-1.3 4.3.7 6.7.7s4.3-1.6 6.9-.3a6.9 6.9 0 0 1-13.6-.4Z" fill="currentColor" />
    <circle cx="29" cy="27.5" r="1.6" fill="currentColor" />
  </svg>
)
