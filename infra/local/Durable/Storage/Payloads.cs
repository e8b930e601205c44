using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Launchpad.Durable.Storage;

/// <summary>Texts too large for the database: one folder per instance, one file per text, named after the generation that it belongs
/// to and what is in it, and durable before anything refers to it.</summary>
internal sealed class Payloads(string root, int inlineBytes, int maxBytes)
{
    /// <summary>In place of a generation: the text of a message, which may be consumed by any.</summary>
    public const int OfMessage = -1;

    private const string Unfinished = ".new";
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;

    [ThreadStatic]
    private static bool waitsForSpace;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly Lock gate = new();
    private volatile bool stopping;
    private List<(long Instance, int BeforeGeneration)>? postponed;

    public static string Folder(string directory) => Path.Combine(directory, "payloads");

    /// <summary>A turn has no caller who could be told that the disk is full: on its thread, writing waits for space.</summary>
    public static void WaitForSpaceOnThisThread(bool wait = true) => waitsForSpace = wait;

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
        var bytes = Utf8.GetBytes(data);
        var name = string.Create(CultureInfo.InvariantCulture, $"{generation}-{Hash(bytes)}");
        while (true)
        {
            try
            {
                Write(Folder(instance), name, bytes);
                return name;
            }
            catch (IOException full) when (full.HResult is NoSpace or QuotaExceeded)
            {
                if (!waitsForSpace || stopping)
                {
                    throw DiskFull(full);
                }

                Thread.Sleep(100);
            }
        }
    }

    /// <summary>What somebody is told who asked for something that there is no room for.</summary>
    public static IOException DiskFull(Exception cause) =>
        new("The disk that holds the durable store is full; nothing of this was recorded.", cause);

    /// <summary>From now on nobody waits for space.</summary>
    public void Stop() => stopping = true;

    /// <summary>Throws <see cref="InvalidDataException"/> when the file is gone or is not what was written.</summary>
    public string Read(long instance, string name)
    {
        var path = Path.Combine(Folder(instance), name);
        if (!File.Exists(path))
        {
            throw new InvalidDataException($"{path} is missing: it holds a payload of this instance. Restore it from a backup.");
        }

        var bytes = File.ReadAllBytes(path);
        return name.EndsWith(Hash(bytes), StringComparison.Ordinal) || !IsHashed(name)
            ? Utf8.GetString(bytes)
            : throw new InvalidDataException($"{path} is damaged: its content is not what was written. Restore it from a backup.");
    }

    /// <summary>Removes what earlier generations left. Only called when nothing recorded refers to it.</summary>
    public void Forget(long instance, int beforeGeneration = int.MaxValue)
    {
        lock (gate)
        {
            if (postponed is not null)
            {
                postponed.Add((instance, beforeGeneration));
                return;
            }
        }

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

    /// <summary>Until what this returns is disposed of, no file is removed; then those are whose time came meanwhile.</summary>
    public IDisposable Keep()
    {
        lock (gate)
        {
            postponed = postponed is null ? [] : throw new InvalidOperationException("A backup of this directory is being made already.");
        }

        return new Kept(this);
    }

    /// <summary>Removes folders of instances that are not in the database, and files that were not finished: a crash came between
    /// a file and its commit, or between a purge and this.</summary>
    public void Sweep(Func<long, bool> exists)
    {
        Directory.CreateDirectory(root);
        foreach (var folder in Directory.EnumerateDirectories(root))
        {
            if (long.TryParse(Path.GetFileName(folder), out var instance) && !exists(instance))
            {
                Directory.Delete(folder, recursive: true);
                continue;
            }

            foreach (var file in Directory.EnumerateFiles(folder, $"*{Unfinished}"))
            {
                File.Delete(file);
            }
        }
    }

    public void CopyTo(string folder)
    {
        foreach (var instance in Directory.EnumerateDirectories(root))
        {
            var copy = Directory.CreateDirectory(Path.Combine(folder, Path.GetFileName(instance))).FullName;
            foreach (var file in Directory.EnumerateFiles(instance).Where(file => !file.EndsWith(Unfinished, StringComparison.Ordinal)))
            {
                var to = Path.Combine(copy, Path.GetFileName(file));
                File.Copy(file, to);
                Posix.SyncFile(to);
            }

            Posix.Sync(copy);
        }

        Posix.Sync(folder);
    }

    private void Write(string folder, string name, byte[] bytes)
    {
        var path = Path.Combine(folder, name);
        if (File.Exists(path))
        {
            return;
        }

        var isNew = !Directory.Exists(folder);
        Directory.CreateDirectory(folder);
        var unfinished = Path.Combine(folder, $"{Guid.NewGuid():n}{Unfinished}");
        try
        {
            using (var file = new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write))
            {
                file.Write(bytes);
                file.Flush(flushToDisk: true);
            }

            File.Move(unfinished, path, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }

        Posix.Sync(folder);
        if (isNew)
        {
            Posix.Sync(root);
        }
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    // Files of schema 1 are named by chance.
    private static bool IsHashed(string name) => name.Length - name.LastIndexOf('-') == 2 * SHA256.HashSizeInBytes + 1;

    private string Folder(long instance) => Path.Combine(root, instance.ToString(CultureInfo.InvariantCulture));

    private void Release()
    {
        List<(long Instance, int BeforeGeneration)> due;
        lock (gate)
        {
            due = postponed!;
            postponed = null;
        }

        due.ForEach(one => Forget(one.Instance, one.BeforeGeneration));
    }

    private sealed class Kept(Payloads payloads) : IDisposable
    {
        public void Dispose() => payloads.Release();
    }
}
