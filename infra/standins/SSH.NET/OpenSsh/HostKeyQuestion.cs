using System.Security.Cryptography;
using System.Text;
using Renci.SshNet.Common;

namespace Renci.SshNet.OpenSsh;

/// <summary>
/// Lets this process decide about a host key in the middle of ssh's own handshake. ssh runs a KnownHostsCommand with the key that the
/// server showed; that command is awk with a program of two lines: it writes the key to ssh's standard error, which is ours to read, and
/// waits on a pipe for a known_hosts line. No line means that the key is not known, and ssh ends before it authenticates.
/// </summary>
internal sealed class HostKeyQuestion : IDisposable
{
    private const string Ask = """
        BEGIN { if (ARGV[3] != "HOSTNAME") exit; print ARGV[1], ARGV[4], ARGV[5] > "/dev/stderr"; fflush("/dev/stderr")
                if ((getline line < ARGV[2]) > 0 && line != "") print line; exit }
        """;

    private const int AwkBuffer = 4096;

    private readonly string _program;
    private readonly string _pipe;
    private readonly FileStream _answer;

    // A server can make ssh print things, but it cannot know this.
    private readonly string _mark = "host-key-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    public HostKeyQuestion(PrivateDirectory directory)
    {
        _program = directory.Write("ask", Encoding.ASCII.GetBytes(Ask));
        _pipe = directory.CreatePipe("answer");

        // Opened for both directions a pipe waits for nobody: neither for awk to open its end, nor when there is no awk at all.
        _answer = new FileStream(_pipe, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
    }

    /// <summary>ssh splits this line itself and starts the command without a shell.</summary>
    public string Command => $"/usr/bin/awk -f {_program} {_mark} {_pipe} %I %t %K";

    public bool WasRefused { get; private set; }

    /// <summary>True when the line was the question; then it has been answered.</summary>
    public bool TryAnswer(string line, Func<HostKeyEventArgs, bool> trusts)
    {
        if (line.Split(' ') is not [var mark, var name, var key] || mark != _mark)
        {
            return false;
        }

        var answer = "\n";
        try
        {
            if (trusts(new HostKeyEventArgs(name, Convert.FromBase64String(key))))
            {
                answer = $"* {name} {key}\n";
            }
        }
        finally
        {
            // Also when the handler throws: ssh must be told no, and not be left waiting.
            WasRefused = answer is "\n";
            // mawk hands out a line only when its buffer is full or the pipe has ended, and this end stays open.
            _answer.Write(Encoding.ASCII.GetBytes(answer.PadRight(AwkBuffer, '\n')));
        }

        return true;
    }

    public void Dispose() => _answer.Dispose();
}
