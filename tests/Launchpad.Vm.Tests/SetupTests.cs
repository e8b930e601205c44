namespace Launchpad.Vm.Tests;

/// <summary>The first boot of a machine whose image has not everything: real dpkg and apt, with a mirror of one package.</summary>
public sealed class SetupTests
{
    // As cloud-init leaves it for the script: our files are there, a package that brings one of them is not, and the mirror is not yet.
    private const string FirstBoot = """
        set -eu
        exec 2>&1
        dpkg --purge --force-all caddy
        mkdir -p /repo/caddy/DEBIAN /repo/caddy/etc/caddy /repo/caddy/usr/bin /etc/caddy
        echo 'of the package' >/repo/caddy/etc/caddy/Caddyfile
        echo '#!/bin/sh' >/repo/caddy/usr/bin/caddy
        chmod +x /repo/caddy/usr/bin/caddy
        echo /etc/caddy/Caddyfile >/repo/caddy/DEBIAN/conffiles
        printf '%s\n' 'Package: caddy' 'Version: 9' 'Architecture: all' 'Maintainer: nobody' 'Description: -' >/repo/caddy/DEBIAN/control
        dpkg-deb --build /repo/caddy /repo/caddy.deb
        (
          cat /repo/caddy/DEBIAN/control
          echo 'Filename: ./caddy.deb'
          stat -c 'Size: %s' /repo/caddy.deb
          sha256sum /repo/caddy.deb | sed 's/ .*//; s/^/SHA256: /'
        ) >/repo/later
        echo 'deb [trusted=yes] file:/repo ./' >/etc/apt/sources.list
        cp /tenant/Caddyfile /etc/caddy/
        ssh-keygen -q -t ecdsa -N '' -f /etc/ssh/ssh_host_ecdsa_key
        (sleep 5; mv /repo/later /repo/Packages) &
        /bin/sh /tenant/launchpad-vm-setup </dev/null
        echo "--- $(dpkg --audit)"
        dpkg-query --show --showformat '${Status} ${Version}\n' caddy
        cat /etc/caddy/Caddyfile
        """;

    [Fact]
    public async Task What_is_missing_is_installed_around_the_files_that_are_there_and_asked_for_again_when_it_does_not_come()
    {
        var image = (await Machine.RunAsync($"{Machine.Root}/infra/local/machine/build.sh")).Trim();
        var said = await Machine.RunAsync(
            "docker", "run", "--rm", "--network", "none", "--volume", $"{Machine.Root}/infra/tenant:/tenant:ro",
            "--entrypoint", "bash", image, "-c", FirstBoot);
        var caddyfile = await File.ReadAllTextAsync($"{Machine.Root}/infra/tenant/Caddyfile");
        Assert.EndsWith($"--- \ninstall ok installed 9\n{caddyfile}", said, StringComparison.Ordinal);
    }
}
