using System.Security.Cryptography;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Staff;

namespace Launchpad.ControlPlane;

/// <summary>Who may sign in as operator.</summary>
internal sealed class Operators(OperatorStore operators, Passwords passwords)
{
    private const string Letters = "abcdefghjkmnpqrstuvwxyz23456789";
    private const int Length = 28;

    /// <summary>The password is told here and never again: it is kept as a hash.</summary>
    public async Task AddAsync(string mail, CancellationToken ct)
    {
        var email = Address(mail);
        var password = RandomNumberGenerator.GetString(Letters, Length);
        var added = await operators.AddAsync(email, await passwords.HashAsync(password, "operator", ct), ct)
            ?? throw new InvalidOperationException($"{email} is an operator already: `operator remove` it first for another password.");
        Console.WriteLine($"{added.Id} {added.Email}");
        Console.WriteLine($"password: {password}");
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
        var email = Address(mail);
        Console.WriteLine(await operators.RemoveAsync(email, ct)
            ? $"{email} is no operator any more"
            : throw new InvalidOperationException($"{email} is no operator: `operator list` tells who is."));
    }

    private static string Address(string mail) =>
        EmailAddress.Normalize(mail) ?? throw new InvalidDataException($"'{mail}' is no e-mail address.");
}
