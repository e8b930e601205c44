using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace Launchpad.Functions.Middleware;

/// <summary>Runs what was asked for to its end, whoever hangs up meanwhile: half of it would be neither done nor not done.</summary>
internal sealed class WithoutCaller : IInputConverter
{
    private static readonly object Key = new();

    public static async Task RunAsync(FunctionContext context, FunctionExecutionDelegate next)
    {
        var http = context.GetHttpContext()!;
        var caller = http.RequestAborted;
        http.RequestAborted = CancellationToken.None;
        context.Items[Key] = true;
        try
        {
            await next(context);
        }
        finally
        {
            http.RequestAborted = caller;
        }
    }

    /// <summary>The token that functions are given says of the host both that its caller has gone and that it has no time left: who runs
    /// out of time is killed.</summary>
    public ValueTask<ConversionResult> ConvertAsync(ConverterContext context) => ValueTask.FromResult(
        context.TargetType == typeof(CancellationToken) && context.FunctionContext.Items.ContainsKey(Key)
            ? ConversionResult.Success(CancellationToken.None)
            : ConversionResult.Unhandled());
}
