using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Playwright;

namespace Launchpad.EndToEnd.Tests;

/// <summary>Debian's Chromium (nothing is fetched), to which the machine's network never changes: it asks the kernel to be told of interfaces,
/// and drops every load when those of other stories' machines come and go. Where it may not ask, it goes on as if the line were always
/// there. Pages are drawn by the one without windows, which takes half of the time for the same; it knows no notifications.</summary>
internal static class DebianChromium
{
    private const int AddressFamilyNetlink = 16;
    private const uint AddressFamilyNotSupported = 97;

    // Files of a test run, which other runs of it share.
    private static readonly Lazy<string> Shell = new(() => Write("chromium-headless-shell"));
    private static readonly Lazy<string> Whole = new(() => Write("chromium"));

    public static Task<IBrowser> LaunchAsync(IPlaywright playwright) => LaunchAsync(playwright, Shell.Value);

    /// <summary>With all that people have in it.</summary>
    public static Task<IBrowser> LaunchWholeAsync(IPlaywright playwright) => LaunchAsync(playwright, Whole.Value);

    private static Task<IBrowser> LaunchAsync(IPlaywright playwright, string program) => playwright.Chromium.LaunchAsync(new()
    {
        ExecutablePath = program,
        // Chromium refuses its sandbox to root.
        Args = Environment.UserName == "root" ? ["--no-sandbox"] : [],
    });

    private static string Write(string program)
    {
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "chromium")).FullName;
        var (filter, launcher) = (Path.Combine(folder, $"{program}.bpf"), Path.Combine(folder, program));
        File.WriteAllBytes(filter, [.. Filter.SelectMany(Encode)]);
        File.WriteAllText(launcher, string.Create(CultureInfo.InvariantCulture, $"""
            #!/bin/sh
            exec bwrap --dev-bind / / --seccomp 9 /usr/bin/{program} "$@" 9<'{filter}'

            """));
        File.SetUnixFileMode(launcher, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return launcher;
    }

    /// <summary>For x86-64: socket(AF_NETLINK, …) fails with EAFNOSUPPORT, and all else is as it was.</summary>
    private static IReadOnlyList<(ushort Code, byte IfTrue, byte IfFalse, uint Operand)> Filter =>
    [
        (Load, 0, 0, 4), // the architecture,
        (JumpIfEqual, 0, 5, 0xC000003E), // which is x86-64
        (Load, 0, 0, 0), // the number of the call,
        (JumpIfEqual, 0, 3, 41), // which is socket
        (Load, 0, 0, 16), // its first argument
        (JumpIfEqual, 0, 1, AddressFamilyNetlink),
        (Return, 0, 0, 0x0005_0000 | AddressFamilyNotSupported),
        (Return, 0, 0, 0x7FFF_0000),
    ];

    private const ushort Load = 0x20;
    private const ushort JumpIfEqual = 0x15;
    private const ushort Return = 0x06;

    private static byte[] Encode((ushort Code, byte IfTrue, byte IfFalse, uint Operand) instruction)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, instruction.Code);
        (bytes[2], bytes[3]) = (instruction.IfTrue, instruction.IfFalse);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), instruction.Operand);
        return bytes;
    }
}
