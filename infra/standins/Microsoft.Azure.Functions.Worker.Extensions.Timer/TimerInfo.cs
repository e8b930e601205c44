using System.Text.Json;
using Microsoft.Azure.Functions.Worker.Converters;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Why a timer function runs now.</summary>
public class TimerInfo
{
    public TimerInfo() { }

    public ScheduleStatus? ScheduleStatus { get; set; }

    public bool IsPastDue { get; set; }
}

/// <summary>When a timer ran last and runs next.</summary>
public class ScheduleStatus
{
    public ScheduleStatus() { }

    public DateTime Last { get; set; }

    public DateTime Next { get; set; }

    public DateTime LastUpdated { get; set; }
}

internal sealed class TimerInfoConverter : IInputConverter
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        PropertyNameCaseInsensitive = true,
    };

    public ValueTask<ConversionResult> ConvertAsync(ConverterContext context) =>
        ValueTask.FromResult(context.TargetType == typeof(TimerInfo) && context.Source is string json
            ? ConversionResult.Success(JsonSerializer.Deserialize<TimerInfo>(json, Json))
            : ConversionResult.Unhandled());
}
