using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace Launchpad.Host.Timers;

/// <summary>What is remembered of each timer: one small file, replaced whole, so that a crash leaves the old one or the new.</summary>
internal sealed class TimerRecords(string folder, ILogger<TimerRecords> logger)
{
    public ScheduleStatus? Read(string function)
    {
        var file = PathOf(function);
        if (!File.Exists(file))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<ScheduleStatus>(File.ReadAllBytes(file));
        }
        catch (JsonException damage)
        {
            logger.LogError(damage, "The record of timer {Function} cannot be read and begins anew: {File}", function, file);
            return null;
        }
    }

    public void Write(string function, ScheduleStatus status)
    {
        Directory.CreateDirectory(folder);
        var file = PathOf(function);
        var next = file + ".next";
        using (var stream = new FileStream(next, FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(stream, status);
            stream.Flush(flushToDisk: true);
        }

        File.Move(next, file, overwrite: true);
    }

    private string PathOf(string function) => Path.Combine(folder, function + ".json");
}
