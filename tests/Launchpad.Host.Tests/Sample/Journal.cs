using System.Diagnostics;
using Microsoft.Extensions.Configuration;

namespace Launchpad.Host.Sample;

/// <summary>What happened, in order, in a file that outlives the process and that whoever started it can read.</summary>
public sealed class Journal(IConfiguration settings)
{
    private readonly Lock _gate = new();
    private readonly string _folder = settings["Sample:Folder"] ?? throw new InvalidOperationException("Set Sample:Folder.");

    public void Write(string line)
    {
        lock (_gate)
        {
            using var file = new StreamWriter(new FileStream(
                Path.Combine(_folder, "journal"), FileMode.Append, FileAccess.Write, FileShare.ReadWrite));
            file.Write(line + "\n");
        }
    }

    public int Count(string line)
    {
        lock (_gate)
        {
            var journal = Path.Combine(_folder, "journal");
            return File.Exists(journal) ? File.ReadLines(journal).Count(known => known == line) : 0;
        }
    }

    /// <summary>Waits until it is told this word.</summary>
    public async Task HearAsync(string word, CancellationToken cancellation)
    {
        while (!File.Exists(Path.Combine(_folder, word)))
        {
            await Task.Delay(10, cancellation);
        }
    }

    /// <summary>Ends this process without a trace, as often as was asked for.</summary>
    public void DieIn(string place, int times)
    {
        var death = $"dies in {place}";
        if (Count(death) >= times)
        {
            return;
        }

        Write(death);
        using var self = Process.GetCurrentProcess();
        self.Kill();
    }
}
