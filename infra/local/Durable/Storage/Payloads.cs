using System.Text;

namespace Launchpad.Durable.Storage;

/// <summary>Texts too large for the database: one folder per instance, one file per text, durable before anything refers to it.</summary>
internal sealed class Payloads(string root, int inlineBytes, int maxBytes)
{
    /// <summary>In place of a generation: the text of a message, which may be consumed by any.</summary>
    public const int OfMessage = -1;

    /// <summary>The event as it is recorded: with its text, or with the name of the file that has it.</summary>
    public HistoryEvent Spill(long instance, int generation, HistoryEvent e) => e.Data is { } data && e.File is null && IsLarge(data)
        ? e with { Data = null, File = Write(instance, generation, data), Size = Encoding.UTF8.GetByteCount(data) }
        : e.File is null ? e : e with { Data = null };

    /// <summary>The text of an event, wherever it is.</summary>
    public string? Text(long instance, HistoryEvent e) => e.File is null ? e.Data : Read(instance, e.File);

    public bool IsLarge(string data) => data.Length > inlineBytes / 3 && Encoding.UTF8.GetByteCount(data) > inlineBytes;

    public string? Accept(string? data, string what) => data?.Length > maxBytes / 3 && Encoding.UTF8.GetByteCount(data) > maxBytes
        ? throw new ArgumentException($"The {what} is larger than {maxBytes} bytes.")
        : data;

    public string Write(long instance, int generation, string data)
    {
        var folder = Folder(instance);
        var isNew = !Directory.Exists(folder);
        Directory.CreateDirectory(folder);
        var name = $"{generation}-{Guid.NewGuid():n}";
        using (var file = new FileStream(Path.Combine(folder, name), FileMode.CreateNew, FileAccess.Write))
        {
            file.Write(Encoding.UTF8.GetBytes(data));
            file.Flush(flushToDisk: true);
        }

        Posix.Sync(folder);
        if (isNew)
        {
            Posix.Sync(root);
        }

        return name;
    }

    public string Read(long instance, string name) => File.ReadAllText(Path.Combine(Folder(instance), name));

    /// <summary>Removes what earlier generations left. Only called when nothing recorded refers to it.</summary>
    public void Forget(long instance, int beforeGeneration = int.MaxValue)
    {
        var folder = Folder(instance);
        if (!Directory.Exists(folder))
        {
            return;
        }

        if (beforeGeneration == int.MaxValue)
        {
            Directory.Delete(folder, recursive: true);
            return;
        }

        foreach (var file in Directory.EnumerateFiles(folder))
        {
            if (int.TryParse(Path.GetFileName(file).Split('-')[0], out var generation) && generation >= 0 && generation < beforeGeneration)
            {
                File.Delete(file);
            }
        }
    }

    /// <summary>Removes folders of instances that are not in the database: a crash came between a file and its commit, or between
    /// a purge and this.</summary>
    public void Sweep(Func<long, bool> exists)
    {
        Directory.CreateDirectory(root);
        foreach (var folder in Directory.EnumerateDirectories(root))
        {
            if (long.TryParse(Path.GetFileName(folder), out var instance) && !exists(instance))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private string Folder(long instance) => Path.Combine(root, instance.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
