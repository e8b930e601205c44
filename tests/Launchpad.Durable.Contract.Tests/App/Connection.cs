using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker.Converters;

namespace Launchpad.Durable.Contract.App;

/// <summary>Hands out what the host gives a durable client, so that a test can be one too.</summary>
public static class Connection
{
    [Function(nameof(Connection))]
    public static IResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "connection")] HttpRequest request,
#pragma warning disable DURABLE1002 // It is the text that is wanted.
        [DurableClient, InputConverter(typeof(AsGiven))] string client) =>
#pragma warning restore DURABLE1002
        Results.Text(client, "application/json");

    private sealed class AsGiven : IInputConverter
    {
        public ValueTask<ConversionResult> ConvertAsync(ConverterContext context) => new(ConversionResult.Success(context.Source));
    }
}
