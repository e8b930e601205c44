using System.Text;

namespace Launchpad.Local.Processes;

/// <summary>Shows what a child appends to its log, line by line, as the kernel tells of it; keeps the log bounded.</summary>
internal sealed class LogTail : IDisposable
{
    private const long BytesMax = 16 * 1024 * 1024;

    private readonly Lock _reading = new();
    private readonly FileSystemWatcher _watcher;
    private readonly Action<string> _show;
    private readonly string _path;
    private readonly StringBuilder _line = new();
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private long _position;

    public LogTail(string path, Action<string> show)
    {
        (_path, _show) = (path, show);
        _position = File.Exists(path) ? new FileInfo(path).Length : 0;
        _watcher = new FileSystemWatcher(Path.GetDirectoryName(path)!, Path.GetFileName(path))
        {
            NotifyFilter = NotifyFilters.LastWrite | NotifyFilters.FileName,
        };
        _watcher.Changed += (_, _) => Read();
        _watcher.Created += (_, _) => Read();
        _watcher.EnableRaisingEvents = true;
    }

    public void Dispose()
    {
        _watcher.Dispose();
        Read();
    }

    private void Read()
    {
        lock (_reading)
        {
            if (!File.Exists(_path))
            {
                return;
            }

            using var file = new FileStream(_path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            _position = file.Length < _position ? 0 : _position;
            file.Position = _position;
            var bytes = new byte[8192];
            var characters = new char[8192];
            while (file.Read(bytes) is var read and > 0)
            {
                _position += read;
                Show(characters.AsSpan(0, _decoder.GetChars(bytes, 0, read, characters, 0)));
            }

            if (_position > BytesMax)
            {
                // The child appends to whatever is there, so its file can be emptied under it.
                File.Copy(_path, _path + ".1", overwrite: true);
                file.SetLength(0);
                _position = 0;
            }
        }
    }

    private void Show(ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            if (character == '\n')
            {
                _show(_line.ToString());
                _line.Clear();
            }
            else if (_line.Length < 4000)
            {
                _line.Append(character);
            }
        }
    }
}
