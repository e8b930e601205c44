using System.Net;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Launchpad.Shared.Images;

/// <summary>How often and how long a read of the registry is tried.</summary>
internal static class RegistryResilience
{
    public static ResiliencePipeline<HttpResponseMessage> Build(TimeSpan total) =>
        new ResiliencePipelineBuilder<HttpResponseMessage>()
            .AddTimeout(total)
            .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                MaxRetryAttempts = 4,
                Delay = TimeSpan.FromMilliseconds(200),
                MaxDelay = TimeSpan.FromSeconds(5),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = new PredicateBuilder<HttpResponseMessage>()
                    .Handle<HttpRequestException>()
                    .Handle<TimeoutRejectedException>()
                    .HandleResult(response =>
                        response.StatusCode is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError),
                DelayGenerator = static arguments => ValueTask.FromResult(arguments.Outcome.Result?.Headers.RetryAfter?.Delta),
                OnRetry = static arguments =>
                {
                    arguments.Outcome.Result?.Dispose();
                    return ValueTask.CompletedTask;
                },
            })
            .AddTimeout(total / 3)
            .Build();

    public static bool IsOutage(Exception exception) => exception is HttpRequestException or TimeoutRejectedException;
}
