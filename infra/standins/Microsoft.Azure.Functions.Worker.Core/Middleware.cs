namespace Microsoft.Azure.Functions.Worker.Middleware;

/// <summary>Runs around every invocation, whatever triggered it.</summary>
public interface IFunctionsWorkerMiddleware
{
    Task Invoke(FunctionContext context, FunctionExecutionDelegate next);
}

/// <summary>The rest of the pipeline.</summary>
public delegate Task FunctionExecutionDelegate(FunctionContext context);
