using System.Text.Json;

namespace Launchpad.Local;

/// <summary>One JSON object a line, bounded: a full file becomes the only old one.</summary>
internal sealed class JsonLog(string path)
{
    private const long BytesMax = 8 * 1024 * 1024;

    private readonly Lock _writing = new();

    public void Append<T>(T line)
    {
        lock (_writing)
        {
            File.AppendAllBytes(path, [.. JsonSerializer.SerializeToUtf8Bytes(line, JsonSerializerOptions.Web), (byte)'\n']);
            if (new FileInfo(path).Length > BytesMax)
            {
                File.Move(path, path + ".1", overwrite: true);
            }
        }
    }
}
