using System.IO.Pipes;

namespace Launchpad.Vm.Backups;

/// <summary>Carries what one program writes to the next.</summary>
internal static class Pipes
{
    public const int BufferSize = 128 << 10;

    // The most that the kernel gives a program without privileges.
    private const int Held = 1 << 20;

    /// <summary>One program goes on while the next is busy with what it had before.</summary>
    public static void Widen(Stream pipe)
    {
        if (pipe is PipeStream { SafePipeHandle: var handle })
        {
            Libc.Widen(handle, Held);
        }
    }

    /// <summary>On a thread of its own, as it waits most of the time. Where the next program has ended the rest is read and dropped: each
    /// one's own words tell what went wrong.</summary>
    /// <param name="bytesMax">Whoever writes more than that is not listened to.</param>
    public static Task CarryAsync(Stream from, Stream to, Digest? digest = null, long bytesMax = long.MaxValue) => Task.Factory.StartNew(
        () => Carry(from, to, digest, bytesMax), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static void Carry(Stream from, Stream to, Digest? digest, long bytesMax)
    {
        var buffer = new byte[BufferSize];
        var isHeard = true;
        try
        {
            for (int n; (n = from.Read(buffer)) > 0 && !(digest?.Length > bytesMax);)
            {
                digest?.Add(buffer.AsSpan(0, n));
                isHeard = isHeard && TryWrite(to, buffer.AsSpan(0, n));
            }
        }
        finally
        {
            Close(to);
            from.Dispose();
        }
    }

    public static bool TryWrite(Stream to, ReadOnlySpan<byte> bytes)
    {
        try
        {
            to.Write(bytes);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    public static void Close(Stream to)
    {
        try
        {
            to.Dispose();
        }
        catch (IOException)
        {
            // Nobody reads it any more.
        }
    }
}
