namespace Launchpad.Vm;

/// <summary>Writes a file of the VM's own, whole or not at all: whoever reads it, and a disk that is full, find the one before.</summary>
internal static class WholeFile
{
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var next = path + ".new";
        try
        {
            using (var file = File.OpenHandle(next, FileMode.Create, FileAccess.Write))
            {
                RandomAccess.Write(file, content, 0);
                RandomAccess.FlushToDisk(file);
            }

            File.Move(next, path, overwrite: true);
        }
        catch (IOException)
        {
            File.Delete(next);
            throw;
        }
    }
}
