namespace Launchpad.Shared.Webhooks;

/// <summary>When what was not taken is tried again: ten tries in a little more than three days. Pure.</summary>
public static class Retries
{
    /// <summary>As long as an endpoint may take nothing before it is switched off.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(3);

    private static readonly TimeSpan[] Pauses =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
        TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    /// <param name="tries">That were in vain.</param>
    /// <param name="now">When the last was.</param>
    /// <returns>Null when there is none left.</returns>
    public static DateTimeOffset? Next(int tries, DateTimeOffset now) => tries <= Pauses.Length ? now + Pauses[tries - 1] : null;
}
