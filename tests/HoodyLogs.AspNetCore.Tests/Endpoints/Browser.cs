using System.Text.Json;
using Microsoft.Playwright;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Endpoints;

/// <summary>Runs the installed Chromium. A test that needs it is skipped if there is none.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    // No sandbox, which root in a container cannot use, and no background services.
    private static readonly string[] Arguments = [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private readonly IPlaywright _driver;
    private readonly IBrowser _browser;

    private Browser(IPlaywright driver, IBrowser browser, IPage page)
    {
        _driver = driver;
        _browser = browser;
        Page = page;
    }

    public IPage Page { get; }

    public static async Task<Browser> StartAsync()
    {
        var path = Find();
        if (path is null) Assert.Ignore($"There is no Chromium on the PATH (looked for {string.Join(", ", Names)}).");
        var driver = await StartDriverAsync();
        try
        {
            var browser = await driver.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = path, Args = Arguments });
            return new Browser(driver, browser, await browser.NewPageAsync());
        }
        catch
        {
            driver.Dispose();
            throw;
        }
    }

    /// <summary>Evaluates an expression in the page.</summary>
    public async Task<T> EvaluateAsync<T>(string expression) =>
        JsonSerializer.Deserialize<T>(await Page.EvaluateAsync<string>($"JSON.stringify({expression})"), JsonSerializerOptions.Web)!;

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _driver.Dispose();
    }

    private static async Task<IPlaywright> StartDriverAsync()
    {
        try
        {
            return await Playwright.CreateAsync();
        }
        catch (Exception failure) when (failure is PlaywrightException or System.ComponentModel.Win32Exception or IOException)
        {
            Assert.Ignore($"Playwright's driver cannot start here: {failure.Message}");
            throw;
        }
    }

    private static string? Find() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(folder => Names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
}
