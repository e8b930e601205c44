using System.Security.Cryptography;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Records;
using Launchpad.Shared.Staff;

namespace Launchpad.ControlPlane;

/// <summary>Who may sign in as operator. What is done with one stands in the staff's record.</summary>
internal sealed class Operators(OperatorStore operators, Passwords passwords, Recorder recorder)
{
    private const string Actor = "control-plane";
    private const string Letters = "abcdefghjkmnpqrstuvwxyz23456789";
    private const int Length = 28;

    /// <summary>The password is told here and never again: it is kept as a hash.</summary>
    public async Task AddAsync(string mail, CancellationToken ct)
    {
        var (email, password) = (Address(mail), Make());
        var added = await operators.AddAsync(email, await passwords.HashAsync(password, "operator", ct), ct)
            ?? throw new InvalidOperationException($"{email} is an operator already: `operator reset` makes another password.");
        await TellAsync(added, "add-operator", password, ct);
    }

    /// <summary>For who has lost his password or his authenticator.</summary>
    public async Task ResetAsync(string mail, CancellationToken ct)
    {
        var (email, password) = (Address(mail), Make());
        var reset = await operators.ResetAsync(email, await passwords.HashAsync(password, "operator", ct), ct) ?? throw Unknown(email);
        await TellAsync(reset, "reset-operator", password, ct);
    }

    public async Task ListAsync(CancellationToken ct)
    {
        foreach (var one in await operators.ListAsync(ct))
        {
            Console.WriteLine($"{one.Id} {one.Email} since {one.CreatedAt:u}");
        }
    }

    public async Task RemoveAsync(string mail, CancellationToken ct)
    {
        var removed = await operators.RemoveAsync(Address(mail), ct) ?? throw Unknown(Address(mail));
        await RecordAsync(removed, "remove-operator", ct);
        Console.WriteLine($"{removed.Email} is no operator any more");
    }

    private async Task TellAsync(Operator who, string action, string password, CancellationToken ct)
    {
        await RecordAsync(who, action, ct);
        Console.WriteLine($"{who.Id} {who.Email}");
        Console.WriteLine($"password: {password}");
        Console.WriteLine($"It opens once, within {MadePassword.Lifetime.TotalHours:0} hours, and is replaced then.");
    }

    private Task RecordAsync(Operator who, string action, CancellationToken ct) =>
        recorder.ActAsync(Operator.Chain, Actor, action, new { @operator = who.Id }, ct);

    private static string Make() => RandomNumberGenerator.GetString(Letters, Length);

    private static InvalidOperationException Unknown(string email) => new($"{email} is no operator: `operator list` tells who is.");

    private static string Address(string mail) =>
        EmailAddress.Normalize(mail) ?? throw new InvalidDataException($"'{mail}' is no e-mail address.");
}
