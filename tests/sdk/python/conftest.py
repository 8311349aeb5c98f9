import pytest
import pytest_asyncio

from service import CONNECTION_STRING, Service


@pytest.fixture(params=["sync", "async"])
def flavour(request):
    return request.param


@pytest_asyncio.fixture
async def service(flavour):
    service = Service(flavour, CONNECTION_STRING)
    yield service
    await service.close()
