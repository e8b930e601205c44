using System.Text.Json;
using System.Text.Json.Serialization;

namespace Launchpad.Local;

/// <summary>A service's whole state as one JSON file. A reader sees the old or the new state at whatever instruction the
/// process dies; <typeparamref name="T"/> is immutable, because readers share it.</summary>
public sealed class StateFile<T> where T : class
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private readonly Lock _writing = new();
    private readonly string _path;
    private volatile T _value;

    public StateFile(string path, T initial)
    {
        _path = path;
        _value = File.Exists(path) ? Load(path) : initial;
    }

    public T Read() => _value;

    /// <summary>The change is on disk when this returns. The function may throw to leave everything as it is.</summary>
    public T Update(Func<T, T> change)
    {
        lock (_writing)
        {
            var next = change(_value);
            if (!ReferenceEquals(next, _value))
            {
                DurableFile.Write(_path, JsonSerializer.SerializeToUtf8Bytes(next, Format));
                _value = next;
            }

            return next;
        }
    }

    private static T Load(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllBytes(path), Format)
                ?? throw new InvalidDataException($"{path} holds no state.");
        }
        catch (JsonException broken)
        {
            // Starting empty would quietly lose what a person created.
            throw new InvalidDataException($"{path} cannot be read: {broken.Message}", broken);
        }
    }
}

/// <summary>Writes a whole file so that a crash leaves the old content or the new, never a mixture.</summary>
public static class DurableFile
{
    public static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        var temporary = path + ".tmp";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = mode };
        using (var file = new FileStream(temporary, options))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        Processes.Native.SyncDirectory(Path.GetDirectoryName(path)!);
    }
}
