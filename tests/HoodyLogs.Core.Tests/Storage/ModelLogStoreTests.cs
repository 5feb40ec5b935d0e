using HoodyLogs.TestSupport;

namespace HoodyLogs.Core.Tests.Storage;

/// <summary>The model that other stores are compared with satisfies the contract itself.</summary>
public sealed class ModelLogStoreTests : LogStoreContract
{
    protected override ILogStore CreateStore() => new ModelLogStore(Time);
}
