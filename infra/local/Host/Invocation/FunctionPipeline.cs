using System.Collections.Frozen;
using Launchpad.Host.Discovery;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Launchpad.Host.Invocation;

/// <summary>Runs every invocation, whatever triggered it, through the app's middleware to its function.</summary>
internal sealed class FunctionPipeline
{
    private readonly FrozenDictionary<string, FunctionCall> calls;
    private readonly FunctionExecutionDelegate entry;
    private readonly IServiceScopeFactory scopes;
    private readonly ILoggerFactory loggers;

    public FunctionPipeline(FunctionList functions, MiddlewareList middleware, IServiceProvider services)
    {
        calls = functions.All.ToFrozenDictionary(f => f.Id, f => new FunctionCall(f, services));
        entry = middleware.Around(ExecuteAsync);
        scopes = services.GetRequiredService<IServiceScopeFactory>();
        loggers = services.GetRequiredService<ILoggerFactory>();
    }

    public FunctionInvocation Begin(Function function, TriggerInput input, CancellationToken cancellation)
    {
        var invocation = new FunctionInvocation(function, scopes, input, cancellation);
        invocation.Features.Set(calls[function.Id].Inputs(invocation));
        return invocation;
    }

    public Task RunAsync(FunctionInvocation invocation) => entry(invocation);

    /// <summary>Where a function's invocations are logged.</summary>
    public ILogger Logger(Function function) => loggers.CreateLogger($"Function.{function.Name}");

    private async Task ExecuteAsync(FunctionContext context)
    {
        // A middleware may hand on a context of its own; the features are those of the invocation.
        var invocation = context as FunctionInvocation ?? context.Features.Get<FunctionInvocation>()!;
        context.Features.Get<InvocationOutcome>()!.Value = await calls[context.FunctionId].InvokeAsync(invocation);
    }
}

/// <summary>The app's middleware in the order it was added.</summary>
internal sealed class MiddlewareList
{
    private readonly List<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> all = [];

    public void Add(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware) => all.Add(middleware);

    public FunctionExecutionDelegate Around(FunctionExecutionDelegate function) =>
        Enumerable.Reverse(all).Aggregate(function, (next, middleware) => middleware(next));
}
