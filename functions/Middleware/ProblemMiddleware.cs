using System.Diagnostics;
using Azure;
using Grpc.Core;
using Launchpad.Functions.Abuse;
using Launchpad.Shared;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Images;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;
using Stripe;

namespace Launchpad.Functions.Middleware;

/// <summary>Turns what a function throws into problem details with a request id. What was not foreseen says nothing about itself.</summary>
public sealed class ProblemMiddleware(RefusedSignIns signIns, ILogger<ProblemMiddleware> log) : IFunctionsWorkerMiddleware
{
    private const string RequestId = "X-Request-Id";

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is not { } http)
        {
            await next(context);
            return;
        }

        // The trace's id: with it steps, logs and metrics of this request are found.
        http.Response.Headers[RequestId] = Activity.Current?.TraceId.ToString() ?? http.TraceIdentifier;
        try
        {
            await next(context);
        }
        catch (Exception exception) when (http.RequestAborted.IsCancellationRequested && exception is ProblemException or OperationCanceledException)
        {
            // Nobody is there to hear it. That it was refused counts all the same: whoever guesses need not wait for answers.
            context.GetInvocationResult().Value = null;
            if (exception is ProblemException unheard)
            {
                await RefuseAsync(context, http, unheard);
            }
        }
        catch (Exception exception) when (!http.Response.HasStarted && !http.RequestAborted.IsCancellationRequested)
        {
            // What a function had answered before this went wrong would be written behind it.
            context.GetInvocationResult().Value = null;
            var problem = exception is OperationCanceledException && context.CancellationToken.IsCancellationRequested
                ? Problems.Unavailable("This was stopped before it was done.")
                : Translate(exception);
            await RefuseAsync(context, http, problem);
            await WriteAsync(http, problem);
        }
    }

    /// <summary>Who was not let in, or not let do it, leaves a line. Whoever is refused hears so, whatever becomes of counting it.</summary>
    private async Task RefuseAsync(FunctionContext context, HttpContext http, ProblemException problem)
    {
        if (problem.Status is not (StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden or StatusCodes.Status429TooManyRequests))
        {
            return;
        }

        var network = Callers.Address(http.Request);
        log.LogWarning("Refused {Function} from {Network}: {Problem}", context.FunctionDefinition.Name, network, problem.Type);
        try
        {
            await (http.Features.Get<Route>() is { IsSignIn: true } ? signIns.CountAsync(network, CancellationToken.None) : Task.CompletedTask);
        }
        catch (RequestFailedException trouble)
        {
            log.LogWarning(trouble, "Nobody could be called");
        }
    }

    private ProblemException Translate(Exception exception)
    {
        switch (exception)
        {
            case ProblemException problem:
                return problem;
            case BadHttpRequestException bad:
                return Problems.Malformed(bad.Message);
            case QueueFullException:
                return Problems.TooManyAttempts(5);
            case PermanentException { Code: StripeRefusals.Code } refused:
                log.LogError(exception, "The payment provider refuses for good");
                return Problems.PaymentRefused(refused.Message);
            case PermanentException { Code: "backup-damaged" or "backup-gone" or "backup-key-gone" } unusable:
                log.LogError(exception, "A backup cannot be used");
                return Problems.BackupUnusable(unusable.Message);
            case ImageRejectedException { Retryable: true } silent:
                log.LogWarning(exception, "The registry does not answer");
                return Problems.Unavailable(silent.Message);
            case RequestFailedException or HttpRequestException or StripeException
                or RpcException { StatusCode: StatusCode.Unavailable or StatusCode.Cancelled or StatusCode.DeadlineExceeded }:
                log.LogWarning(exception, "A service that is needed did not answer");
                return Problems.Unavailable("A service that is needed for this did not answer.");
            default:
                log.LogError(exception, "Unexpected");
                return new(
                    StatusCodes.Status500InternalServerError, "internal", "Something went wrong on our side",
                    "It was recorded under the request id. Try again; tell support the request id if it stays.");
        }
    }

    private static Task WriteAsync(HttpContext http, ProblemException problem)
    {
        http.Response.StatusCode = problem.Status;
        if (problem.RetryAfterSeconds is { } seconds)
        {
            http.Response.Headers.RetryAfter = $"{seconds}";
        }

        var details = new ProblemDetails
        {
            Type = problem.Type,
            Title = problem.Title,
            Status = problem.Status,
            Detail = problem.Message,
            Extensions = { ["requestId"] = http.Response.Headers[RequestId].ToString() },
        };
        if (problem.Field is { } field)
        {
            details.Extensions["field"] = field;
        }

        return http.Response.WriteAsJsonAsync(
            details, options: null, contentType: "application/problem+json", cancellationToken: http.RequestAborted);
    }
}
