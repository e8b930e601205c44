using System.Text.Json;

namespace Launchpad.TinyBot;

/// <summary>Two counters on the volume and what the bot was told, a JSON string a line: they tell a test whether data survived a restart, a
/// restore or a new container, and which. Whatever was answered is on the disk.</summary>
internal sealed class BotState
{
    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly string _heard;

    private BotState(string path, string heard, long boots, long messages) =>
        (_path, _heard, Boots, Messages) = (path, heard, boots, messages);

    public long Boots { get; private set; }

    public long Messages { get; private set; }

    public static BotState Open(string directory)
    {
        var path = Path.Combine(directory, "tinybot.json");
        var (boots, messages) = (0L, 0L);
        if (File.Exists(path))
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            boots = document.RootElement.GetProperty("boots").GetInt64();
            messages = document.RootElement.GetProperty("messages").GetInt64();
        }

        var state = new BotState(path, Path.Combine(directory, "tinybot.heard"), boots + 1, messages);
        state.Save();
        return state;
    }

    public long Hear(string message)
    {
        lock (_gate)
        {
            Append(message);
            Messages++;
            Save();
            return Messages;
        }
    }

    private void Append(string message)
    {
        using var file = new FileStream(_heard, FileMode.Append, FileAccess.Write);
        using (var json = new Utf8JsonWriter(file))
        {
            json.WriteStringValue(message);
        }

        file.WriteByte((byte)'\n');
        file.Flush(flushToDisk: true);
    }

    private void Save()
    {
        var next = _path + ".next";
        using (var file = new FileStream(next, FileMode.Create, FileAccess.Write))
        {
            using var json = new Utf8JsonWriter(file);
            json.WriteStartObject();
            json.WriteNumber("boots", Boots);
            json.WriteNumber("messages", Messages);
            json.WriteEndObject();
            json.Flush();
            file.Flush(flushToDisk: true);
        }

        File.Move(next, _path, overwrite: true);
    }
}
