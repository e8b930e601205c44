using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker.Converters;

namespace Launchpad.Host.Invocation;

/// <summary>The conversions that every parameter may use, in the worker's order.</summary>
internal static class GeneralConverters
{
    public static ConversionResult Convert(Type target, object? source, FunctionInvocation invocation, JsonSerializerOptions json)
    {
        if (target.IsInstanceOfType(invocation))
        {
            return ConversionResult.Success(invocation);
        }

        if (target == typeof(CancellationToken))
        {
            return ConversionResult.Success(invocation.CancellationToken);
        }

        if (target == typeof(HttpRequest) && invocation.Features.Get<HttpContext>() is { } http)
        {
            return ConversionResult.Success(http.Request);
        }

        if (source is null)
        {
            return ConversionResult.Unhandled();
        }

        if (target.IsInstanceOfType(source))
        {
            return ConversionResult.Success(source);
        }

        return source is string text ? FromText(target, text, json) : ConversionResult.Unhandled();
    }

    private static ConversionResult FromText(Type target, string text, JsonSerializerOptions json)
    {
        var type = Nullable.GetUnderlyingType(target) ?? target;
        if (type == typeof(Guid) && Guid.TryParse(text, out var id))
        {
            return ConversionResult.Success(id);
        }

        if (type == typeof(DateTimeOffset) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var moment))
        {
            return ConversionResult.Success(moment);
        }

        if (type == typeof(DateTime) && DateTime.TryParse(text, CultureInfo.InvariantCulture, out var time))
        {
            return ConversionResult.Success(time);
        }

        try
        {
            return ConversionResult.Success(JsonSerializer.Deserialize(text, target, json));
        }
        catch (JsonException failure)
        {
            return ConversionResult.Failed(failure);
        }
    }
}
