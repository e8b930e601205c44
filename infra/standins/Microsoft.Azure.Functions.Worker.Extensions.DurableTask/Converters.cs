using System.Text.Json;
using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Options;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask;

internal sealed class ActivityInputConverter(IOptions<JsonSerializerOptions> json) : IInputConverter
{
    public ValueTask<ConversionResult> ConvertAsync(ConverterContext context)
    {
        if (context.TargetType == typeof(FunctionContext))
        {
            return new(ConversionResult.Unhandled());
        }

        return context.Source switch
        {
            null => new(ConversionResult.Success(null)),
            string input => new(ConversionResult.Success(JsonSerializer.Deserialize(input, context.TargetType, json.Value))),
            var other => throw new InvalidOperationException($"Expected converter source to be a string, received {other.GetType()}."),
        };
    }
}

/// <summary>Accepts the parameter type DurableTaskClient and nothing derived from it, as the real converter does.</summary>
internal sealed class DurableTaskClientConverter : IInputConverter
{
    public ValueTask<ConversionResult> ConvertAsync(ConverterContext context) =>
        ValueTask.FromResult(context.TargetType == typeof(DurableTaskClient) && context.Source is DurableTaskClient client
            ? ConversionResult.Success(client)
            : ConversionResult.Unhandled());
}
