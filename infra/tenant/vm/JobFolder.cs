using System.Globalization;
using System.Text;
using System.Text.Json;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm;

/// <summary>
/// What is known of a job: who does it, and the lines that it wrote. It is in memory only. A full disk keeps no job from ending in order,
/// what a job answers is on no disk, and a reboot, which ends every job, leaves none that looks as if it ran.
/// </summary>
internal sealed class JobFolder(string name)
{
    private const string Root = $"{Paths.Memory}/jobs";
    private const UnixFileMode OnlyRoot = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _folder = $"{Root}/{name}";

    public string Name => name;

    public bool Exists => Directory.Exists(_folder);

    public DateTime WrittenAt => File.GetLastWriteTimeUtc(Journal);

    /// <summary>Whether its process goes on. Ids are given again, command lines like this one are not.</summary>
    public bool IsAlive
    {
        get
        {
            try
            {
                var line = Read() is { } known ? File.ReadAllText($"/proc/{known.Process}/cmdline") : "";
                return line.Contains($"\0{JobRunner.Word}\0{name}\0", StringComparison.Ordinal);
            }
            catch (IOException)
            {
                return false;
            }
        }
    }

    private string Journal => $"{_folder}/journal";
    private string Cancelled => $"{_folder}/cancelled";

    public static IReadOnlyList<JobFolder> All() =>
        Directory.Exists(Root) ? [.. Directory.GetDirectories(Root).Select(path => new JobFolder(Path.GetFileName(path)))] : [];

    public void Create() => Directory.CreateDirectory(_folder, OnlyRoot | UnixFileMode.UserExecute);

    public void Remove() => Directory.Delete(_folder, recursive: true);

    public void Write(int process, VmVerb verb) => File.WriteAllText(
        $"{_folder}/process", string.Create(CultureInfo.InvariantCulture, $"{process} {Requests.Word(verb)}"));

    /// <summary>Null while whoever started it has not come that far.</summary>
    public (int Process, VmVerb Verb)? Read()
    {
        try
        {
            return File.ReadAllText($"{_folder}/process").Split(' ') is [var process, var word]
                ? (int.Parse(process, CultureInfo.InvariantCulture), Requests.Verb(word))
                : null;
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Says of a job that ends without a result that this was wanted.</summary>
    public void Cancel() => File.WriteAllBytes(Cancelled, []);

    public TextWriter Append() => new StreamWriter(new FileStream(Journal, new FileStreamOptions
    {
        Mode = FileMode.Append,
        Access = FileAccess.Write,
        Share = FileShare.Read,
        UnixCreateMode = OnlyRoot,
    }));

    public (JobResult Job, IReadOnlyList<VmLine> Steps) Look()
    {
        // Asked first: whatever has ended writes no more.
        var isAlive = IsAlive;
        var lines = Lines();
        var result = lines.Find(line => line.Event == VmLine.Result);
        return (
            new(name, result is not null || !isAlive, result?.Value, result is null && !isAlive ? WhyNoResult() : result?.Error),
            lines.FindAll(line => line.Event == VmLine.Step));
    }

    private VmError WhyNoResult() => File.Exists(Cancelled) ? new(
        VmErrorCode.Cancelled, $"{name} was cancelled; what it had done until then stays done.", Retryable: false) : new(
        VmErrorCode.JobLost,
        $"Nothing is known of {name} on this VM: it was collected, or ended by a restart of the VM. Starting it again goes on from there.",
        Retryable: true);

    private List<VmLine> Lines()
    {
        try
        {
            using var journal = new StreamReader(
                new FileStream(Journal, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), Encoding.UTF8);
            var text = journal.ReadToEnd();

            // What has no end yet is still being written.
            var whole = text[..(text.LastIndexOf('\n') + 1)];
            var lines = whole.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            return [.. lines.Select(line => JsonSerializer.Deserialize(line, VmJson.Default.VmLine)!)];
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
    }
}
