namespace Launchpad.Local.Stripe;

/// <summary>How the payment page looks: order on the left, card on the right; on a phone, one above the other.</summary>
internal static class CheckoutStyle
{
    public const string Css = """
        *, *::before, *::after { box-sizing: border-box; }
        :root { --ink: #1a1f36; --soft: #5b6478; --line: #d8dee8; --brand: #0b6b57; --bad: #b3123a; }
        body { margin: 0; color: var(--ink); background: #fff;
          font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
        h1, h2, p, ul { margin: 0; padding: 0; }
        .checkout { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); min-height: 100vh; }
        .order { background: #f3f6f8; padding: 4.5rem 4rem 3rem; display: flex; flex-direction: column; align-items: flex-end; }
        .order > * { width: 100%; max-width: 24rem; }
        .payment { padding: 4.5rem 4rem 3rem; box-shadow: -12px 0 28px -20px rgb(26 31 54 / 35%); }
        .payment > * { width: 100%; max-width: 24rem; }
        .back { color: var(--soft); text-decoration: none; font-size: .9rem; margin-bottom: 2rem; }
        .back:hover { color: var(--ink); text-decoration: underline; }
        .badge { width: max-content; font-size: .68rem; font-weight: 700; letter-spacing: .06em; color: #7a4a00; background: #ffe2ad;
          padding: .15rem .5rem; border-radius: .25rem; margin-bottom: 1rem; }
        .order h1 { font-size: 1.05rem; font-weight: 500; color: var(--soft); }
        .price { display: flex; align-items: center; gap: .6rem; margin: .2rem 0 2rem; }
        .amount { font-size: 2.4rem; font-weight: 650; letter-spacing: -.02em; }
        .period { color: var(--soft); font-size: .9rem; line-height: 1.2; max-width: 4rem; }
        .lines { list-style: none; font-size: .92rem; }
        .lines li { display: flex; justify-content: space-between; gap: 1rem; padding: .9rem 0; border-bottom: 1px solid var(--line);
          font-weight: 500; }
        .lines small { display: block; color: var(--soft); font-weight: 400; }
        .lines .total { border: 0; font-weight: 650; }
        h2 { font-size: 1.05rem; font-weight: 600; margin: 0 0 .8rem; }
        .field + h2, .pair + h2 { margin-top: 1.8rem; }
        .field { margin-bottom: .9rem; }
        label, .label { display: block; font-size: .85rem; font-weight: 500; color: var(--soft); margin-bottom: .25rem; }
        input { width: 100%; font: inherit; color: inherit; padding: .62rem .75rem; border: 1px solid var(--line); border-radius: .4rem;
          background: #fff; box-shadow: 0 1px 2px rgb(26 31 54 / 8%); }
        input::placeholder { color: #99a1b3; }
        input:focus-visible { outline: 2px solid var(--brand); outline-offset: 1px; border-color: transparent; }
        input[aria-invalid="true"] { border-color: var(--bad); }
        .fixed { padding: .62rem .75rem; background: #f3f6f8; border-radius: .4rem; overflow-wrap: anywhere; }
        .error { color: var(--bad); font-size: .85rem; margin-top: .3rem; }
        .refused { color: var(--bad); background: #fdecf1; border: 1px solid #f3c0cf; border-radius: .4rem; padding: .7rem .9rem;
          margin-bottom: 1.4rem; font-size: .92rem; }
        .pair { display: grid; grid-template-columns: 1fr 1fr; gap: .9rem; align-items: start; }
        .code { display: grid; grid-template-columns: 1fr auto; gap: .9rem; align-items: start; margin-top: 1.8rem; }
        .code button { margin-top: 1.65rem; }
        button, .button { display: block; width: 100%; font: inherit; font-weight: 600; text-align: center; text-decoration: none;
          color: #fff; background: var(--brand); border: 0; border-radius: .4rem; padding: .75rem 1rem; margin-top: 1.4rem; cursor: pointer;
          box-shadow: 0 1px 3px rgb(26 31 54 / 25%); }
        button:hover, .button:hover { filter: brightness(1.08); }
        button:focus-visible, .button:focus-visible, a:focus-visible { outline: 2px solid var(--ink); outline-offset: 2px; }
        button.plain { color: var(--ink); background: #fff; border: 1px solid var(--line); margin-top: .7rem; }
        .terms { color: var(--soft); font-size: .8rem; text-align: center; margin-top: .9rem; }
        .bank { min-height: 100vh; display: grid; place-items: center; background: #f3f6f8; padding: 1.5rem; }
        .bank section { background: #fff; max-width: 26rem; width: 100%; padding: 2.2rem; border-radius: .8rem;
          box-shadow: 0 12px 40px -16px rgb(26 31 54 / 35%); }
        .bank h1 { font-size: 1.35rem; margin-bottom: .6rem; }
        @media (max-width: 48rem) {
          .checkout { grid-template-columns: minmax(0, 1fr); min-height: 0; }
          .order, .payment { padding: 1.8rem 1.25rem; align-items: center; box-shadow: none; }
          .order > *, .payment > * { max-width: 30rem; margin-left: auto; margin-right: auto; }
          .back { margin-bottom: 1.2rem; }
          .price { margin-bottom: 1rem; }
        }
        @media (prefers-reduced-motion: no-preference) { button, .button { transition: filter .15s; } }
        """;
}
