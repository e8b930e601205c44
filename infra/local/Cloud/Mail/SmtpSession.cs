using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace Launchpad.Local.Mail;

/// <summary>One conversation of RFC 5321, from greeting to QUIT. Only a line that is CR LF . CR LF ends a message.</summary>
internal sealed class SmtpSession(IDuplexPipe transport, Mailbox mailbox)
{
    public const int MessageBytesMax = 10 * 1024 * 1024;
    private const int LineBytesMax = 4096;
    private const int RecipientsMax = 100;
    private static readonly TimeSpan IdleMax = TimeSpan.FromMinutes(5);

    private readonly List<string> _recipients = [];
    private string? _sender;
    private bool _greeted;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await SayAsync("220 localhost Launchpad ESMTP");
        while (await LineAsync(LineBytesMax, cancellationToken) is { } bytes)
        {
            var line = Encoding.UTF8.GetString(bytes);
            var verb = line.Split(' ', 2)[0].ToUpperInvariant();
            var rest = line[verb.Length..].TrimStart();
            if (verb == "QUIT")
            {
                await SayAsync("221 2.0.0 Bye");
                return;
            }

            await SayAsync(verb == "DATA" ? await DataAsync(cancellationToken) : Answer(verb, rest));
        }
    }

    private string Answer(string verb, string rest)
    {
        switch (verb)
        {
            case "EHLO":
                Reset(greeted: true);
                return $"250-localhost\r\n250-SIZE {MessageBytesMax}\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-PIPELINING\r\n"
                    + "250 ENHANCEDSTATUSCODES";
            case "HELO":
                Reset(greeted: true);
                return "250 localhost";
            case "RSET":
                Reset(_greeted);
                return "250 2.0.0 OK";
            case "NOOP":
                return "250 2.0.0 OK";
            case "VRFY":
                return "252 2.1.5 Send some mail and see";
            case "MAIL":
                return Mail(rest);
            case "RCPT":
                return Recipient(rest);
            default:
                return "502 5.5.1 Command not implemented";
        }
    }

    private string Mail(string rest)
    {
        if (!_greeted || _sender is not null)
        {
            return "503 5.5.1 Bad sequence of commands";
        }

        if (Address(rest, "FROM:") is not var (address, parameters))
        {
            return "501 5.5.4 Syntax: MAIL FROM:<address>";
        }

        foreach (var parameter in parameters.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = parameter.Split('=', 2);
            var name = parts[0].ToUpperInvariant();
            if (name == "SIZE" && (!long.TryParse(parts[^1], out var size) || size > MessageBytesMax))
            {
                return "552 5.3.4 Message size exceeds fixed limit";
            }

            if (name is not ("SIZE" or "BODY" or "SMTPUTF8"))
            {
                return "555 5.5.4 Parameter not recognized";
            }
        }

        _sender = address;
        return "250 2.1.0 OK";
    }

    private string Recipient(string rest)
    {
        if (_sender is null)
        {
            return "503 5.5.1 Need MAIL before RCPT";
        }

        if (Address(rest, "TO:") is not ({ Length: > 0 } address, ""))
        {
            return "501 5.5.4 Syntax: RCPT TO:<address>";
        }

        if (_recipients.Count == RecipientsMax)
        {
            return "452 4.5.3 Too many recipients";
        }

        _recipients.Add(address);
        return "250 2.1.5 OK";
    }

    private async Task<string> DataAsync(CancellationToken cancellationToken)
    {
        if (_sender is null || _recipients.Count == 0)
        {
            return "503 5.5.1 Need MAIL and RCPT before DATA";
        }

        await SayAsync("354 End data with <CR><LF>.<CR><LF>");
        var message = new ArrayBufferWriter<byte>();
        while (await LineAsync(MessageBytesMax, cancellationToken) is { } line)
        {
            if (line is [(byte)'.'])
            {
                var tooLarge = message.WrittenCount > MessageBytesMax;
                var id = tooLarge ? null : await mailbox.KeepAsync(_sender, _recipients, message.WrittenMemory, cancellationToken);
                Reset(_greeted);
                return tooLarge ? "552 5.3.4 Message size exceeds fixed limit" : $"250 2.0.0 Kept as {id}";
            }

            // What is beyond the limit is read, as the protocol wants, and forgotten.
            if (message.WrittenCount <= MessageBytesMax)
            {
                message.Write(line is [(byte)'.', ..] ? line.AsSpan(1) : line);
                message.Write("\r\n"u8);
            }
        }

        return "421 4.4.2 Connection ended in the middle of a message";
    }

    private void Reset(bool greeted)
    {
        _greeted = greeted;
        _sender = null;
        _recipients.Clear();
    }

    private static (string Address, string Parameters)? Address(string rest, string keyword)
    {
        if (!rest.StartsWith(keyword, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var path = rest[keyword.Length..].TrimStart();
        var end = path.IndexOf('>', StringComparison.Ordinal);
        return path.StartsWith('<') && end > 0 && path.Length < 600 ? (path[1..end], path[(end + 1)..].Trim()) : null;
    }

    // Null at the end of the stream. A line that is too long ends the conversation: where the next begins is no longer known.
    private async Task<byte[]?> LineAsync(int bytesMax, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var idle = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            idle.CancelAfter(IdleMax);
            var read = await transport.Input.ReadAsync(idle.Token);
            if (Line(read.Buffer) is { } line)
            {
                var bytes = line.ToArray();
                transport.Input.AdvanceTo(read.Buffer.GetPosition(2, line.End));
                return bytes;
            }

            transport.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.Buffer.Length > bytesMax)
            {
                await SayAsync("500 5.5.6 Line too long");
                return null;
            }

            if (read.IsCompleted)
            {
                return null;
            }
        }
    }

    private static ReadOnlySequence<byte>? Line(ReadOnlySequence<byte> buffer)
    {
        var reader = new SequenceReader<byte>(buffer);
        return reader.TryReadTo(out ReadOnlySequence<byte> line, "\r\n"u8) ? line : null;
    }

    private async Task SayAsync(string line) => await transport.Output.WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n"));
}
