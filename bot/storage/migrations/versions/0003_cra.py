"""Activity reports, their drafts and what they were before each change"""

import sqlalchemy as sa
from alembic import op

from bot.storage.tables.base import BigId, UtcDateTime

revision = '0003'
down_revision = '0002'


def upgrade() -> None:
    op.create_table('cras',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('conseiller_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('structure_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('date', sa.Date(), nullable=False),
    sa.Column('canal', sa.String(length=16), nullable=False),
    sa.Column('activite', sa.String(length=16), nullable=False),
    sa.Column('nb_participants', sa.SmallInteger(), nullable=False),
    sa.Column('duree_minutes', sa.SmallInteger(), nullable=False),
    sa.Column('code_postal', sa.String(length=5), nullable=True),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('draft_id', sa.BigInteger(), nullable=False),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('archived_at', UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['conseiller_id'], ['conseillers.id'], name=op.f('fk_cras_conseiller_id_conseillers'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['structure_id'], ['structures.id'], name=op.f('fk_cras_structure_id_structures'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cras')),
    sa.UniqueConstraint('draft_id', name=op.f('uq_cras_draft_id'))
    )
    with op.batch_alter_table('cras', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_cras_conseiller_id_created_at'), ['conseiller_id', 'created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_cras_conseiller_id_date'), ['conseiller_id', 'date'], unique=False)
        batch_op.create_index(batch_op.f('ix_cras_structure_id_date'), ['structure_id', 'date'], unique=False)

    op.create_table('cra_drafts',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('conseiller_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('rang', sa.SmallInteger(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('state', sa.JSON(), nullable=False),
    sa.Column('cra_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['conseiller_id'], ['conseillers.id'], name=op.f('fk_cra_drafts_conseiller_id_conseillers'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['cra_id'], ['cras.id'], name=op.f('fk_cra_drafts_cra_id_cras'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cra_drafts')),
    sqlite_autoincrement=True,
    )
    with op.batch_alter_table('cra_drafts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_cra_drafts_conseiller_id_rang'), ['conseiller_id', 'rang'], unique=False)
        batch_op.create_index(batch_op.f('ix_cra_drafts_cra_id'), ['cra_id'], unique=False)

    op.create_table('cra_themes',
    sa.Column('cra_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('theme', sa.String(length=32), nullable=False),
    sa.ForeignKeyConstraint(['cra_id'], ['cras.id'], name=op.f('fk_cra_themes_cra_id_cras'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('cra_id', 'theme', name=op.f('pk_cra_themes'))
    )
    with op.batch_alter_table('cra_themes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_cra_themes_theme'), ['theme'], unique=False)

    op.create_table('cra_versions',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('cra_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('action', sa.String(length=16), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('at', UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['cra_id'], ['cras.id'], name=op.f('fk_cra_versions_cra_id_cras'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cra_versions'))
    )
    with op.batch_alter_table('cra_versions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_cra_versions_cra_id'), ['cra_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('cra_versions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_cra_versions_cra_id'))

    op.drop_table('cra_versions')
    with op.batch_alter_table('cra_themes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_cra_themes_theme'))

    op.drop_table('cra_themes')
    with op.batch_alter_table('cra_drafts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_cra_drafts_cra_id'))
        batch_op.drop_index(batch_op.f('ix_cra_drafts_conseiller_id_rang'))

    op.drop_table('cra_drafts')
    with op.batch_alter_table('cras', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_cras_structure_id_date'))
        batch_op.drop_index(batch_op.f('ix_cras_conseiller_id_date'))
        batch_op.drop_index(batch_op.f('ix_cras_conseiller_id_created_at'))

    op.drop_table('cras')
