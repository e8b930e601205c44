using System.Buffers.Binary;
using System.Text;

namespace Launchpad.Vm;

/// <summary>Docker's framing of a container's output: stream number, three zero bytes, length, text.</summary>
internal static class DockerFrames
{
    private const int KeptMax = 64 << 10;

    /// <summary>The frames in order; of one that is longer than 64 KB the beginning.</summary>
    public static async IAsyncEnumerable<(bool IsError, string Text)> ReadAsync(Stream stream)
    {
        var header = new byte[8];
        var frame = new byte[KeptMax];
        while (await stream.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false) == header.Length)
        {
            var left = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4));
            var kept = (int)Math.Min(left, KeptMax);
            await stream.ReadExactlyAsync(frame.AsMemory(0, kept));
            var text = Encoding.UTF8.GetString(frame, 0, kept);
            for (left -= (uint)kept; left > 0;)
            {
                var dropped = (int)Math.Min(left, KeptMax);
                await stream.ReadExactlyAsync(frame.AsMemory(0, dropped));
                left -= (uint)dropped;
            }

            yield return (header[0] == 2, text);
        }
    }
}
