using Launchpad.Shared.Accounts;
using Microsoft.AspNetCore.Http;

namespace Launchpad.Functions.Auth;

/// <param name="Address">From where.</param>
public sealed record Typed(string Email, string Password, string Address);

/// <summary>Looks at passwords, under the limits of ADR 18.</summary>
public sealed class Door(AccountStore accounts, Passwords passwords, SignInLimits limits)
{
    /// <exception cref="ProblemException">When that is nobody's address and password, or it was tried too often.</exception>
    public async Task<Login> OpenAsync(HttpResponse response, Typed typed, CancellationToken ct)
    {
        var found = await accounts.FindByEmailAsync(typed.Email, ct);
        var known = found?.Knows(typed.Address) is true;
        var lane = known ? $"login {typed.Address} {found!.Account.Id}" : $"login {typed.Address}";
        var guess = new Guess(typed.Email, typed.Address, known);
        try
        {
            return await limits.TryAsync(guess, () => passwords.IsRightAsync(typed.Password, found?.PasswordHash, lane, ct))
                ? found!
                : throw Problems.WrongCredentials();
        }
        finally
        {
            limits.Look(guess).WriteTo(response);
        }
    }

    /// <summary>Of somebody who is signed in: his password once more.</summary>
    /// <exception cref="ProblemException">When it is wrong, or was tried too often.</exception>
    public async Task CheckAsync(Account account, string password, string address, CancellationToken ct)
    {
        var hash = await accounts.PasswordHashAsync(account.Id, ct);
        // Whoever has only the session guesses against himself: the owner at another address has limits of his own.
        if (!await limits.TryAsync(new(account.Id, address, Known: true), () => passwords.IsRightAsync(password, hash, $"again {account.Id}", ct)))
        {
            throw Problems.WrongCredentials();
        }
    }
}
