using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;

namespace Launchpad.Host.Sample;

/// <summary>Stands before the ASP.NET Core integration, hence sees no request.</summary>
public sealed class BeforeHttp(Journal journal) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.FunctionDefinition.Name == "Middleware")
        {
            journal.Write($"before-http sees request: {context.GetHttpContext() is not null}");
        }

        await next(context);
    }
}

/// <summary>Sees every invocation of every trigger.</summary>
public sealed class Outer(Journal journal) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var bindings = context.FunctionDefinition.InputBindings.Values;
        var trigger = bindings.Single(b => b.Type.EndsWith("Trigger", StringComparison.Ordinal)).Type;
        var name = context.FunctionDefinition.Name;
        journal.Write($"outer in {name} ({trigger})");
        if (context.GetHttpContext()?.Request.Headers.ContainsKey("x-stop") == true)
        {
            context.GetHttpContext()!.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        try
        {
            await next(context);
        }
        catch (KeyNotFoundException) when (context.GetHttpContext() is { } http)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            await http.Response.WriteAsJsonAsync(new { type = "missing" });
        }

        journal.Write($"outer out {name}");
    }
}

/// <summary>Runs for some functions only, and shares the invocation's scope and items with them.</summary>
public sealed class Inner(Journal journal) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        context.Items["visit"] = context.InstanceServices.GetRequiredService<Visit>().Id;
        journal.Write("inner in");
        await next(context);
        journal.Write("inner out");
    }
}

/// <summary>Looks at what an activity will be given, and gives it another name for some.</summary>
public sealed class Peek(Journal journal) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var trigger = context.FunctionDefinition.InputBindings.Values.Single(binding => binding.Type == "activityTrigger");
        var input = await context.BindInputAsync<SayInput>(trigger);
        journal.Write($"peek {input.Value!.Name}");
        if (input.Value.Name == "someone")
        {
            input.Value = input.Value with { Name = "somebody else" };
        }

        await next(context);
    }
}
