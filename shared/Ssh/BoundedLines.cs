using System.Text;
using Launchpad.Shared.Vms;

namespace Launchpad.Shared.Ssh;

/// <summary>Reads lines from a host that may be hostile: no line and no sum of lines gets larger than its bound.</summary>
internal sealed class BoundedLines(Stream stream)
{
    private const int LineMax = 4 << 20;
    private const int TotalMax = 8 << 20;

    private readonly byte[] _chunk = new byte[16 << 10];

    public IEnumerable<string> Read()
    {
        using var line = new MemoryStream();
        foreach (var length in Chunks())
        {
            for (var start = 0; start < length;)
            {
                var end = Array.IndexOf(_chunk, (byte)'\n', start, length - start);
                var stop = end < 0 ? length : end;
                line.Write(_chunk, start, stop - start);
                if (line.Length > LineMax)
                {
                    throw TooMuch();
                }

                if (end >= 0)
                {
                    yield return Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length);
                    line.SetLength(0);
                }

                start = stop + 1;
            }
        }
    }

    /// <summary>Reads to the end and keeps nothing, so that what a host writes there cannot fill the memory.</summary>
    public void Drop()
    {
        foreach (var _ in Chunks())
        {
            // Counted, and forgotten.
        }
    }

    private IEnumerable<int> Chunks()
    {
        var total = 0;
        for (int length; (length = stream.Read(_chunk)) > 0;)
        {
            total += length;
            yield return total > TotalMax ? throw TooMuch() : length;
        }
    }

    private static VmFailedException TooMuch() =>
        new(VmErrorCode.ProtocolViolation, $"The VM sent more than {TotalMax >> 20} MB; the connection was cut.", retryable: false);
}
