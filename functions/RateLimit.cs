using Microsoft.AspNetCore.Http;

namespace Launchpad.Functions;

/// <summary>What a caller may still do, as draft-ietf-httpapi-ratelimit-headers-10 writes it.</summary>
/// <param name="Quota">How often in a window.</param>
/// <param name="Window">Null where it is a number at a time.</param>
/// <param name="Left">How often now.</param>
/// <param name="Reset">Until when the whole quota is there again; null where that is not a matter of time.</param>
public sealed record RateLimit(string Policy, int Quota, TimeSpan? Window, int Left, TimeSpan? Reset)
{
    /// <summary>Of several limits the one that is felt first.</summary>
    public static RateLimit Of(string policy, params IReadOnlyList<(TokenBuckets Buckets, string Key)> limits)
    {
        var (limit, (left, fullIn)) = limits.Select(one => (one.Buckets, one.Buckets.Look(one.Key))).MinBy(one => one.Item2.Left);
        return new(policy, limit.Size, limit.Window, left, fullIn);
    }

    public void WriteTo(HttpResponse response)
    {
        response.Headers["RateLimit-Policy"] = $"\"{Policy}\";q={Quota}{(Window is { } window ? $";w={Seconds(window)}" : "")}";
        response.Headers["RateLimit"] = $"\"{Policy}\";r={Left}{(Reset is { } reset ? $";t={Seconds(reset)}" : "")}";
    }

    private static int Seconds(TimeSpan time) => (int)Math.Ceiling(time.TotalSeconds);
}
