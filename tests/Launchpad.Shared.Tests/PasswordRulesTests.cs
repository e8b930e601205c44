using Launchpad.Shared.Accounts;

namespace Launchpad.Shared.Tests;

public sealed class PasswordRulesTests
{
    [Theory]
    [InlineData("password")]
    [InlineData("PassWord")]
    [InlineData("password1!")]
    [InlineData("qwertyuiop")]
    [InlineData("iloveyou2024")]
    [InlineData("abcabcabcabc")]
    [InlineData("lovelace1815")]
    [InlineData("launchpad42")]
    public void What_is_tried_first_is_refused(string password) => Assert.NotNull(PasswordRules.Weakness(password, "lovelace@example.com"));

    [Theory]
    [InlineData(64)]
    [InlineData(1_024)]
    public void Long_ones_are_taken_whole(int length) =>
        Assert.Null(PasswordRules.Weakness(string.Concat(Enumerable.Range(0, length).Select(at => (char)('a' + (at * at % 23)))), "ada@example.com"));

    [Fact]
    public void What_is_longer_is_refused_and_not_cut() => Assert.NotNull(PasswordRules.Weakness(string.Concat(Enumerable.Repeat("qX7 ", 257)), "ada@example.com"));

    [Theory]
    [InlineData("correct horse battery staple")]
    [InlineData("a long one that only the bench knows")]
    [InlineData("seven green kettles")]
    [InlineData("zürich-näßt-öfter")]
    [InlineData("k7#Qp2vXw9")]
    [InlineData("いろはにほへと散りぬる")]
    public void Nothing_is_asked_of_how_one_is_composed(string password) => Assert.Null(PasswordRules.Weakness(password, "ada@example.com"));
}
