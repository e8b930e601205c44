using Launchpad.Shared.Abuse;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Launchpad.Functions.Access;

/// <summary>How often somebody may call, so that a program that asks all the time takes nothing from the others, nor from who runs it: a token
/// has calls of its own.</summary>
public sealed class CallLimits(IOptions<AbuseOptions> options, TimeProvider clock)
{
    private readonly TokenBuckets callers = new(options.Value.Calls, TimeSpan.FromMinutes(1) / options.Value.Calls, clock);

    /// <summary>One more. What is left is said with every answer.</summary>
    /// <param name="response">Of the call.</param>
    /// <param name="actor">The person's id, or the token's.</param>
    /// <exception cref="ProblemException">429 when there were too many.</exception>
    public void Take(HttpResponse response, string actor)
    {
        var isTaken = callers.TryTake(actor);
        RateLimit.Of("calls", (callers, actor)).WriteTo(response);
        if (!isTaken)
        {
            throw Problems.TooManyCalls((int)Math.Max(1, Math.Ceiling(callers.Wait(actor).TotalSeconds)), callers.Size);
        }
    }
}
