namespace Launchpad.Shared.Vms;

/// <summary>Lets a browser in that showed the bot's token and waits for its owner's word.</summary>
/// <param name="Request">The id that the bot gave the waiting browser, a UUID.</param>
public sealed record PairBrowserRequest(string Deployment, string Request);

/// <summary>The browser is in.</summary>
public sealed record PairBrowserResult(string Request);

/// <summary>Asks which browsers wait for their owner's word.</summary>
public sealed record BrowsersRequest(string Deployment) : IQuestion;

/// <param name="Waiting">Null where this cannot be told: the bot keeps it otherwise than the pinned release does.</param>
public sealed record BrowsersResult(IReadOnlyList<VmBrowser>? Waiting);

/// <summary>A browser that showed the bot's token. All of it is what the browser said of itself.</summary>
/// <param name="Request">What it is let in by, a UUID.</param>
public sealed record VmBrowser(string Request, string? Name, string? Platform, DateTimeOffset Since);
